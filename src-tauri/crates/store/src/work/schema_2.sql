-- What the list is narrowed by, under a name.
CREATE TABLE views (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- Whether it was deleted in this run, in which that can be taken back.
    is_deleted INTEGER NOT NULL DEFAULT 0
);

-- Conversations to be reviewed in order, under a name.
CREATE TABLE queues (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    at INTEGER NOT NULL,
    is_deleted INTEGER NOT NULL DEFAULT 0
);

-- The conversations of a queue, in the order of their numbers: fixed when the queue is made.
CREATE TABLE queue_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX queue_items_in_order ON queue_items (queue, id);

-- Messages a reviewer flagged. Servers know no flags, so this is the only place that has them.
CREATE TABLE flags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL,
    message TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL
);
