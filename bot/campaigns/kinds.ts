export const CAMPAIGN_KINDS = ['general', 'vaccination', 'disease', 'rumour', 'support', 'bulletin', 'school'] as const;

/** What an announcement is about; a person may refuse one kind and keep the others. */
export type CampaignKind = (typeof CAMPAIGN_KINDS)[number];
