import { sql } from 'kysely';
import type { Step } from '../migrations.ts';

/** Announcements: what is said, to whom, when; and which rows of the outbox are theirs. */
export const campaigns: Step = async (schema, { id, ms }) => {
  await schema.createTable('campaigns')
    .addColumn('id', id)
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('urgent', 'integer', (c) => c.notNull())
    .addColumn('audience', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('frozen', 'text')
    .addColumn('schedule', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('created_ms', ms, (c) => c.notNull())
    .addColumn('created_by', 'text')
    .addColumn('asked_by', 'text')
    .addColumn('confirmed_by', 'text')
    .addColumn('due_ms', ms)
    .addColumn('started_ms', ms)
    .addColumn('ended_ms', ms)
    .addColumn('expires_ms', ms)
    .addColumn('cursor', 'text')
    .addColumn('parent_id', ms)
    .execute();
  await schema.createIndex('campaigns_state').on('campaigns').columns(['state']).execute();
  await schema.createIndex('campaigns_parent').on('campaigns').columns(['parent_id']).where('parent_id', 'is not', null).execute();

  await schema.alterTable('residents').addColumn('offered', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  // Groups that people chose for themselves, so that an announcement can be for them alone.
  await schema.createTable('resident_groups')
    .addColumn('id', id)
    .addColumn('person_id', 'text', (c) => c.notNull())
    .addColumn('group_id', 'text', (c) => c.notNull())
    .addColumn('at_ms', ms, (c) => c.notNull())
    .addUniqueConstraint('resident_groups_once', ['person_id', 'group_id'])
    .execute();

  await schema.alterTable('outbox').addColumn('campaign_id', ms).execute();
  await schema.alterTable('outbox').addColumn('campaign_lang', 'text').execute();
  await schema.alterTable('outbox').addColumn('campaign_part', 'integer').execute();
  await schema.alterTable('outbox').addColumn('campaign_way', 'text').execute();
  // Announcements are claimed campaign by campaign, so that a paused one, or the night, costs those who claim nothing.
  await schema.dropIndex('outbox_queued').execute();
  await schema.createIndex('outbox_queued').on('outbox').columns(['channel', 'priority', 'id'])
    .where(sql<boolean>`state = 'queued' and campaign_id is null`).execute();
  await schema.createIndex('outbox_campaign_queued').on('outbox').columns(['campaign_id', 'channel', 'id'])
    .where(sql<boolean>`state = 'queued' and campaign_id is not null`).execute();
  await schema.createIndex('outbox_campaign').on('outbox').columns(['campaign_id', 'campaign_part', 'state', 'attempts'])
    .where('campaign_id', 'is not', null).execute();
};
