// Marks the messages of the step before as read, and counts them off the inbox.
import { util } from '@aws-appsync/utils';

export function request(ctx) {
  const me = ctx.identity.sub;
  const table = ctx.stash.chatsTable;
  const messages = ctx.prev.result.map((item) => ({
    table,
    operation: 'UpdateItem',
    key: util.dynamodb.toMapValues({ conversationId: item.conversationId, timestamp: item.timestamp }),
    update: { expression: 'SET readStatus = :read', expressionValues: util.dynamodb.toMapValues({ ':read': true }) },
  }));
  return {
    operation: 'TransactWriteItems',
    transactItems: [
      ...messages,
      {
        table,
        operation: 'UpdateItem',
        key: util.dynamodb.toMapValues({ conversationId: `INBOX#${me}`, timestamp: ctx.args.withUserId }),
        update: {
          expression: 'SET unread = :none, withUserId = :them',
          expressionValues: util.dynamodb.toMapValues({ ':none': 0, ':them': ctx.args.withUserId }),
        },
      },
    ],
  };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return {
    conversationId: ctx.stash.conversationId,
    readerId: ctx.identity.sub,
    senderId: ctx.args.withUserId,
    timestamp: ctx.args.timestamp,
  };
}
