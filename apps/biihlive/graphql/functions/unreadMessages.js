// What a member sent me and I have not read yet, up to a message.
import { util } from '@aws-appsync/utils';
import { query } from '@aws-appsync/utils/dynamodb';

export function request(ctx) {
  const me = ctx.identity.sub;
  const them = ctx.args.withUserId;
  ctx.stash.conversationId = me < them ? `${me}#${them}` : `${them}#${me}`;
  return query({
    query: { conversationId: { eq: ctx.stash.conversationId }, timestamp: { le: ctx.args.timestamp } },
    filter: { receiverId: { eq: me }, readStatus: { eq: false } },
    scanIndexForward: false,
    limit: 99,
  });
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.result.items;
}
