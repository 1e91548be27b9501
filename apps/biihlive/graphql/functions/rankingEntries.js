// The entries of one ranking of an edition, in order.
import { util, runtime } from '@aws-appsync/utils';
import { query } from '@aws-appsync/utils/dynamodb';

export function request(ctx) {
  const limit = ctx.args.limit ?? 50;
  if (limit < 1 || limit > 100) {
    util.error('limit lies between 1 and 100', 'BadRequest');
  }
  if (!ctx.stash.edition) {
    runtime.earlyReturn({ edition: null, items: [] });
  }
  return query({
    query: { ranking: { eq: `${ctx.stash.edition}#${ctx.args.kind}#${ctx.args.place}` } },
    limit,
    nextToken: ctx.args.nextToken,
  });
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return { edition: ctx.stash.edition, items: ctx.result.items, nextToken: ctx.result.nextToken };
}
