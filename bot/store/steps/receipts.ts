import { sql } from 'kysely';
import type { Step } from '../migrations.ts';

/** When a platform said that a message had reached the person's phone. Of announcements by Zalo only: nobody else says so, and nothing else is counted. */
export const receipts: Step = async (schema, { ms }) => {
  await schema.alterTable('outbox').addColumn('received_ms', ms).execute();
  await schema.createIndex('outbox_message').on('outbox').columns(['platform_message_id'])
    .where(sql<boolean>`channel = 'zalo' and campaign_id is not null and platform_message_id is not null`).execute();
  await schema.createIndex('outbox_receipts').on('outbox').columns(['campaign_id', 'campaign_part', 'state', 'received_ms'])
    .where(sql<boolean>`channel = 'zalo' and campaign_id is not null`).execute();
};
