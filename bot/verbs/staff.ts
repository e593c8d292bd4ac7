import { parseArgs } from 'node:util';
import { invite } from '#bot/accounts/accounts.ts';
import { DOMAINS, ROLES, type Domain, type Role } from '#bot/store/tables/staff.ts';
import { openForVerb } from './open-store.ts';
import type { Verb, VerbContext } from './verb.ts';

/** `staff invite --name N --role R`: a link with which one person makes their account, once, within seven days. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'console:cli.usage'),
  run: async (args, context) => {
    const invited = readInvitation(args, context);
    if (invited === null) return 2;
    const { config, out } = context;
    const url = config.publicUrl ?? `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${config.port}`;
    return openForVerb(context, async (store) => {
      const token = await store.write((tx) => invite(tx, { name: invited.name, role: invited.role, domains: invited.domains, byAccount: null }));
      const link = `${url}/staff/join/${token}`;
      out.write(`${invited.json ? JSON.stringify({ link }) : link}\n`);
      return 0;
    });
  },
};

function readInvitation(args: string[], { texts, err }: VerbContext): { name: string; role: Role; domains: Domain[]; json: boolean } | null {
  const usage = (): null => {
    err.write(`${texts.say('vi', 'console:cli.usage')}\n`);
    return null;
  };
  let values;
  try {
    const parsed = parseArgs({ args: args.slice(1), options: { name: { type: 'string' }, role: { type: 'string' }, domains: { type: 'string' }, json: { type: 'boolean' } } });
    values = parsed.values;
  } catch {
    return usage();
  }
  const name = values.name?.trim() ?? '';
  if (args[0] !== 'invite' || name === '' || values.role === undefined) return usage();
  const role = ROLES.find((known) => known === values.role);
  if (role === undefined) {
    err.write(`${texts.say('vi', 'console:cli.badRole', { roles: ROLES.join(', ') })}\n`);
    return null;
  }
  const asked = (values.domains ?? (role === 'head' ? DOMAINS.join(',') : 'health')).split(',').map((word) => word.trim());
  const domains = DOMAINS.filter((domain) => asked.includes(domain));
  if (domains.length !== asked.length) {
    err.write(`${texts.say('vi', 'console:cli.badDomains', { domains: DOMAINS.join(', ') })}\n`);
    return null;
  }
  return { name, role, domains, json: values.json === true };
}
