// My conversations, the latest first.
import { util } from '@aws-appsync/utils';
import { query } from '@aws-appsync/utils/dynamodb';

export function request(ctx) {
  const limit = ctx.args.limit ?? 20;
  if (limit < 1 || limit > 50) {
    util.error('limit lies between 1 and 50', 'BadRequest');
  }
  return query({
    index: 'inbox-index',
    query: { conversationId: { eq: `INBOX#${ctx.identity.sub}` } },
    scanIndexForward: false,
    limit,
    nextToken: ctx.args.nextToken,
  });
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  const me = ctx.identity.sub;
  ctx.stash.others = ctx.result.items.map((item) => item.withUserId);
  const items = ctx.result.items.map((item) => ({
    conversationId: me < item.withUserId ? `${me}#${item.withUserId}` : `${item.withUserId}#${me}`,
    withUserId: item.withUserId,
    lastMessage: item.lastMessage,
    lastTimestamp: item.lastTimestamp,
    unread: item.unread ?? 0,
  }));
  return { items, nextToken: ctx.result.nextToken };
}
