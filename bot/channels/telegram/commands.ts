import type { InboundContent } from '#bot/channels/channel.ts';
import { z } from 'zod';
import { readAddress } from './address.ts';
import type { Api, ApiResult } from './api.ts';
import type { PersonWords } from './ports.ts';
import { MENU_WORDS } from './words.ts';

/** The commands that Telegram offers beside the text field, and what each of them stands for. */

export type CommandName = keyof (typeof MENU_WORDS.vi)['command'];

/** In the order of the menu. */
export const COMMANDS = ['menu', 'lich', 'chau', 'canbo', 'tieng', 'dung', 'xoa'] as const satisfies readonly CommandName[];

/** Other spellings that people and other bots have taught. */
export const COMMAND_ALIASES: Readonly<Record<string, CommandName>> = { help: 'menu', trogiup: 'menu', language: 'tieng', stop: 'dung', can_bo: 'canbo', delete: 'xoa' };

export function contentOf(command: CommandName): InboundContent {
  switch (command) {
    case 'menu':
      return { kind: 'button', value: 'menu' };
    case 'lich':
    case 'chau':
      return { kind: 'text', text: MENU_WORDS.vi.says[command], forwarded: false };
    case 'canbo':
      return { kind: 'button', value: 'human' };
    case 'tieng':
      return { kind: 'button', value: 'card:bot.language' };
    case 'dung':
      return { kind: 'stop' };
    case 'xoa':
      return { kind: 'button', value: 'card:bot.delete-data' };
  }
}

/** Registers the menu: Vietnamese for everybody, and again under each language's own code. */
export async function registerCommands(api: Api, signal: AbortSignal): Promise<ApiResult<unknown>> {
  const languages = [null, ...Object.keys(MENU_WORDS)];
  let last: ApiResult<unknown> = { ok: true, result: true };
  for (const language of languages) {
    const words = Object.entries(MENU_WORDS).find(([code]) => code === language)?.[1] ?? MENU_WORDS.vi;
    const commands = COMMANDS.map((command) => ({ command, description: words.command[command] }));
    last = await api.call('setMyCommands', { commands, ...(language === null ? {} : { language_code: language }) }, z.unknown(), { signal });
    if (!last.ok) return last;
  }
  return last;
}

/**
 * The menu of one private chat, in the language chosen there: Telegram knows no code for Jrai or Bahnar, so it cannot show
 * them to a language's speakers, but it can to a chat. In a group, where neighbours choose differently, it stays Vietnamese.
 */
export async function followLanguage(api: Api, address: string, words: PersonWords): Promise<void> {
  const to = readAddress(address);
  if (to === null || to.userId !== null) return;
  const scope = { type: 'chat', chat_id: to.chatId } as const;
  if (words.lang === 'vi') await api.call('deleteMyCommands', { scope }, z.unknown());
  else await api.call('setMyCommands', { scope, commands: COMMANDS.map((command) => ({ command, description: words.say(`telegram:command.${command}`) })) }, z.unknown());
}
