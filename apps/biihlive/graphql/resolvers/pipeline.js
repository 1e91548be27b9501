// A pipeline whose functions do all there is to do.
export function request(ctx) {
  return {};
}

export function response(ctx) {
  return ctx.prev.result;
}
