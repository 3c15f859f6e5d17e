/**
 * Why each rule of a family is there: what an application, or the money, would come to without it.
 * By the rule's id without its family; `begins-*` stands for a table of rules that begin alike.
 */
export type Whys = Readonly<Record<string, string>>;
