// A pipeline whose functions need to name tables: in batches and transactions.
export function request(ctx) {
  ctx.stash.usersTable = 'BIILIVEDB-USERS';
  ctx.stash.chatsTable = 'BIILIVEDB-CHATS';
  return {};
}

export function response(ctx) {
  return ctx.prev.result;
}
