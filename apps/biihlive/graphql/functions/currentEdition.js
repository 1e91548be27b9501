// The edition that is shown; before the first one the ranking is empty.
import { util } from '@aws-appsync/utils';
import { get } from '@aws-appsync/utils/dynamodb';

export function request(ctx) {
  return get({ key: { ranking: 'CURRENT', position: 0 } });
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  ctx.stash.edition = ctx.result ? ctx.result.edition : null;
  return ctx.stash.edition;
}
