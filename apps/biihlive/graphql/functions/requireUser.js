// Ends the pipeline unless the member whom it is about exists.
import { util } from '@aws-appsync/utils';
import { get } from '@aws-appsync/utils/dynamodb';

export function request(ctx) {
  const userId = ctx.args.userId ?? ctx.args.receiverId;
  if (userId === ctx.identity.sub) {
    util.error('that is you', 'BadRequest');
  }
  return get({ key: { userId } });
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  if (!ctx.result) {
    util.error('there is no such member', 'NotFound');
  }
  ctx.stash.user = ctx.result;
  return ctx.result;
}
