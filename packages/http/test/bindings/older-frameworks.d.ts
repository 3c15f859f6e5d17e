// The last major of each: what is used of them is typed as in the newest.
declare module 'express-4' {
  export { default } from 'express';
}
declare module 'koa-2' {
  export { default } from 'koa';
}
