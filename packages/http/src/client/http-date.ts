const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

// RFC 9110, section 5.6.7: a recipient accepts all three. `Date.parse` reads the last as local time.
const FORMS = [
  /^[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]+day, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
];

/** Milliseconds since 1970 of an HTTP date in any of its three forms; undefined for anything else. */
export function parseHttpDate(text: string, now: number): number | undefined {
  for (const form of FORMS) {
    const { day, month, year, time } = form.exec(text)?.groups ?? {};
    if (day === undefined || month === undefined || year === undefined) continue;
    const monthIndex = MONTHS.indexOf(month);
    const [hours = 0, minutes = 0, seconds = 0] = (time ?? '').split(':').map(Number);
    if (monthIndex < 0 || hours > 23 || minutes > 59 || seconds > 60) return undefined;
    const fullYear = year.length === 2 ? century(Number(year), now) : Number(year);
    return Date.UTC(fullYear, monthIndex, Number(day), hours, minutes, seconds);
  }
  return undefined;
}

/** Two digits are the most recent year that ends in them and is not more than 50 years ahead (ibid.). */
function century(digits: number, now: number): number {
  const current = new Date(now).getUTCFullYear();
  const year = current - (current % 100) + digits;
  return year > current + 50 ? year - 100 : year;
}
