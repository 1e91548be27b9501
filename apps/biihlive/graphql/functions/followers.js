// Who follows a member: the other side of the table, by its index.
import { util } from '@aws-appsync/utils';
import { query } from '@aws-appsync/utils/dynamodb';

export function request(ctx) {
  const limit = ctx.args.limit ?? 20;
  if (limit < 1 || limit > 50) {
    util.error('limit lies between 1 and 50', 'BadRequest');
  }
  return query({ index: 'GSI1', query: { GSI1PK: { eq: ctx.args.userId } }, limit, nextToken: ctx.args.nextToken });
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  ctx.stash.others = ctx.result.items.map((item) => item.followerId);
  return { items: ctx.result.items, nextToken: ctx.result.nextToken };
}
