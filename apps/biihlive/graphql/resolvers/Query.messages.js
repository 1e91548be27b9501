// The messages between me and a member, the latest first.
import { util } from '@aws-appsync/utils';
import { query } from '@aws-appsync/utils/dynamodb';

export function request(ctx) {
  const limit = ctx.args.limit ?? 50;
  if (limit < 1 || limit > 100) {
    util.error('limit lies between 1 and 100', 'BadRequest');
  }
  const me = ctx.identity.sub;
  const them = ctx.args.withUserId;
  return query({
    query: { conversationId: { eq: me < them ? `${me}#${them}` : `${them}#${me}` } },
    scanIndexForward: false,
    limit,
    nextToken: ctx.args.nextToken,
  });
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return { items: ctx.result.items, nextToken: ctx.result.nextToken };
}
