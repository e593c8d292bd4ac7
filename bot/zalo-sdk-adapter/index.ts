export { ZaloBot, type BotOptions, type BotProfile, type BotSent, type WebhookInfo } from './bot/client.ts';
export { BOT_EVENTS, readBotUpdate, type BotUpdate } from './bot/updates.ts';
export { ZaloBotWebhook, type BotWebhookVerdict } from './bot/webhook.ts';
export { ERROR_TABLE, type ErrorRow } from './error-table.ts';
export { remedyFor, type Area, type Failure, type Log, type LogEntry, type Remedy } from './errors.ts';
export type { HeadersLike } from './headers.ts';
export type { HttpOptions } from './http.ts';
export type { JsonObject, JsonValue } from './json.ts';
export type { Article, BroadcastTarget } from './oa/articles.ts';
export type { OaOptions, Rate } from './oa/call.ts';
export { ZaloOA, type ReactIcon, type Sent } from './oa/client.ts';
export { OA_LIMITS } from './oa/limits.ts';
export {
  listAsText, zaloLength, type Button, type ButtonAction, type ListElement, type Picture, type UserInfoRequest,
} from './oa/messages.ts';
export type { ChatLine, OaProfile, QuotaAsset, UserDetail, UserPage, UserQuery, UserQuota } from './oa/people.ts';
export type { TemplateData, TemplateInfo, TemplateSent } from './oa/templates.ts';
export type { Upload } from './oa/uploads.ts';
export { ZaloOAuth, type Authorisation, type OAuthOptions, type TokenPair } from './oauth/client.ts';
export { fixedToken, TokenKeeper, type TokenKeeperOptions, type TokenSource, type TokenStatus } from './oauth/keeper.ts';
export { challengeOf, newState, newVerifier } from './oauth/pkce.ts';
export { readTokenRecord, type TokenRecord, type TokenStorage } from './oauth/record.ts';
export { FileTokenStorage, MemoryTokenStorage } from './oauth/storages.ts';
export { unwrap, ZaloError, type Result } from './result.ts';
export * from './webhook/events.ts';
export { readEvent } from './webhook/read-event.ts';
export { webhookHandler, ZaloWebhook, type WebhookOptions, type WebhookVerdict } from './webhook/receive.ts';
export { ZaloRouter, type Answerer, type Handler, type Next, type ZaloContext } from './webhook/router.ts';
export { signWebhook } from './webhook/signature.ts';
