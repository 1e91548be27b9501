// Changes what is given of my profile, and nothing else.
import { util } from '@aws-appsync/utils';
import { update, operations } from '@aws-appsync/utils/dynamodb';

const longest = { nickname: 30, nombreCompleto: 80, ciudad: 60, pais: 2, descripcion: 300 };

export function request(ctx) {
  const changes = {};
  for (const [name, value] of Object.entries(ctx.args.input)) {
    const text = value === null ? '' : value.trim();
    if (text.length > longest[name]) {
      util.error(`${name} has at most ${longest[name]} characters`, 'BadRequest');
    }
    changes[name] = text === '' ? operations.remove() : text;
  }
  if (ctx.args.input.nickname !== undefined) {
    const nickname = (ctx.args.input.nickname ?? '').trim();
    if (nickname.length < 2) {
      util.error('a nickname has at least 2 characters', 'BadRequest');
    }
    changes.nicknameBusqueda = nickname.toLowerCase();
    changes.inicial = changes.nicknameBusqueda.slice(0, 1);
  }
  return update({
    key: { userId: ctx.identity.sub },
    update: changes,
    condition: { userId: { attributeExists: true } },
  });
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.result;
}
