-- Webhooks: who is told, what is still to be told (the outbox, written with the change itself), and what came of it.

CREATE TABLE webhooks (
    project_id INTEGER NOT NULL,
    webhook_id INTEGER NOT NULL,
    url TEXT NOT NULL,
    events INTEGER NOT NULL,                                     -- bits, see WebhookEvent
    state TEXT NOT NULL CHECK (state IN ('active', 'off', 'gone', 'failing', 'deleted')),
    secret BLOB NOT NULL,
    old_secret BLOB,                                             -- the one before, valid until ...
    old_secret_until_ms INTEGER,
    failing_since_ms INTEGER,                                    -- first failure since the last success
    created_ms INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    PRIMARY KEY (project_id, webhook_id),
    CHECK ((old_secret IS NULL) = (old_secret_until_ms IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_outbox (
    project_id INTEGER NOT NULL,
    webhook_id INTEGER NOT NULL,
    number INTEGER NOT NULL,                                     -- grows with the time
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,                         -- failed ones since it was put, or put again
    due_ms INTEGER,
    locked_until_ms INTEGER NOT NULL DEFAULT 0,                  -- somebody is sending it
    PRIMARY KEY (project_id, webhook_id, number),
    CHECK ((state = 'waiting') = (due_ms IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- What is due next for a webhook, and how much waits.
CREATE INDEX webhook_outbox_due ON webhook_outbox (project_id, webhook_id, due_ms) WHERE due_ms IS NOT NULL;

CREATE TABLE webhook_attempts (
    project_id INTEGER NOT NULL,
    webhook_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    n INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    status INTEGER,                                              -- of the answer; NULL: there was none
    error TEXT,
    took_ms INTEGER NOT NULL,
    PRIMARY KEY (project_id, webhook_id, number, n)
) STRICT, WITHOUT ROWID;
