export { openSession } from "./session";
export { Tables } from "./tables";
