import { BUTTON_PAYLOAD_MAX, BUTTON_TITLE_MAX } from '../disputed.ts';

/** Limits of the Official Account API. They are checked before a call, and the refusal names them. */
export const OA_LIMITS = {
  /** Characters of a text, after NFC. */
  text: 2000,
  buttons: 5,
  buttonTitle: BUTTON_TITLE_MAX,
  buttonPayload: BUTTON_PAYLOAD_MAX,
  listElements: 5,
  userInfoTitle: 100,
  userInfoSubtitle: 500,
  trackingId: 48,
  imageBytes: 1_048_576,
  gifBytes: 5 * 1_048_576,
  fileBytes: 5 * 1_048_576,
  usersPerPage: 50,
  lastUserOffset: 9951,
  chatsPerPage: 10,
  articleTitle: 150,
  articleAuthor: 50,
  articleDescription: 300,
} as const;
