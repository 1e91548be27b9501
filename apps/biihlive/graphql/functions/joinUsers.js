// Puts the profile of each other side to the items before: ctx.stash.others are their ids, in order.
import { util, runtime } from '@aws-appsync/utils';

export function request(ctx) {
  const others = ctx.stash.others;
  if (others.length === 0) {
    runtime.earlyReturn(ctx.prev.result);
  }
  return {
    operation: 'BatchGetItem',
    tables: { [ctx.stash.usersTable]: { keys: others.map((userId) => util.dynamodb.toMapValues({ userId })) } },
  };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  const users = {};
  for (const user of ctx.result.data[ctx.stash.usersTable]) {
    if (user) {
      users[user.userId] = user;
    }
  }
  const page = ctx.prev.result;
  const items = page.items.map((item, i) => ({ ...item, user: users[ctx.stash.others[i]] ?? null }));
  return { items, nextToken: page.nextToken };
}
