// A message, and the conversation in both inboxes: all or nothing.
import { util } from '@aws-appsync/utils';

export function request(ctx) {
  const me = ctx.identity.sub;
  const them = ctx.args.receiverId;
  const message = ctx.args.message.trim();
  if (message.length === 0 || message.length > 2000) {
    util.error('a message has between 1 and 2000 characters', 'BadRequest');
  }
  const table = ctx.stash.chatsTable;
  const timestamp = `${util.time.nowISO8601()}#${util.autoId()}`;
  const sent = {
    conversationId: me < them ? `${me}#${them}` : `${them}#${me}`,
    timestamp,
    senderId: me,
    receiverId: them,
    message,
    readStatus: false,
  };
  ctx.stash.sent = sent;
  const preview = message.length > 120 ? `${message.slice(0, 119)}…` : message;
  return {
    operation: 'TransactWriteItems',
    transactItems: [
      {
        table,
        operation: 'PutItem',
        key: util.dynamodb.toMapValues({ conversationId: sent.conversationId, timestamp }),
        attributeValues: util.dynamodb.toMapValues({ senderId: me, receiverId: them, message, readStatus: false }),
      },
      inbox(table, me, them, preview, timestamp, 0),
      inbox(table, them, me, preview, timestamp, 1),
    ],
  };
}

function inbox(table, owner, other, preview, timestamp, unread) {
  return {
    table,
    operation: 'UpdateItem',
    key: util.dynamodb.toMapValues({ conversationId: `INBOX#${owner}`, timestamp: other }),
    update: {
      expression: 'SET withUserId = :other, lastMessage = :preview, lastTimestamp = :timestamp ADD unread :unread',
      expressionValues: util.dynamodb.toMapValues({
        ':other': other,
        ':preview': preview,
        ':timestamp': timestamp,
        ':unread': unread,
      }),
    },
  };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.stash.sent;
}
