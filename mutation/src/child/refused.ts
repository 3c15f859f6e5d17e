/** PostgreSQL's class 42, "Syntax Error or Access Rule Violation", as the store names it in its message. */
const SQLSTATE = /\(SQLSTATE 42(?!501)[0-9A-Z]{3}\)/;

/**
 * SQL Server's: syntax, names that there are not, types that do not go together, and an expression
 * where a condition belongs (Microsoft, "Database Engine events and errors").
 */
const NUMBER =
  /\(error (?:102|137|156|170|195|201|206|207|208|245|257|402|403|529|2715|4104|4145|8114|8116|8117)\)/;

/** Redis': a Lua script that is none. */
const COMPILING = /Error compiling script/;

/** Whether a fault is that the server does not understand the text: no mistake that could be made and stay. */
export function isRefused(fault: string): boolean {
  return [SQLSTATE, NUMBER, COMPILING].some((refusal) => refusal.test(fault));
}
