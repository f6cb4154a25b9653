-- Every comment of the organization, as the server has it. Small, and never evicted.
CREATE TABLE comments (
    id TEXT NOT NULL PRIMARY KEY,
    conversation TEXT NOT NULL,
    -- Absent for one on the whole conversation, which is never open nor resolved.
    interaction TEXT,
    author TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    resolved INTEGER NOT NULL,
    text TEXT NOT NULL,
    -- The reading of all comments that met it last.
    met INTEGER NOT NULL
);
CREATE INDEX comments_by_time ON comments (created_at, id);
CREATE INDEX comments_open ON comments (created_at, id) WHERE resolved = 0 AND interaction IS NOT NULL;
CREATE INDEX comments_of_conversation ON comments (conversation, created_at, id);
CREATE INDEX comments_by_author ON comments (author, created_at, id);

-- When all comments of a conversation were read by themselves.
CREATE TABLE comment_lists (
    conversation TEXT NOT NULL PRIMARY KEY,
    read_at INTEGER NOT NULL
) WITHOUT ROWID;

-- One row: how far the reading of all comments has come.
CREATE TABLE comment_reading (
    -- The reading that goes on, or the last one; counted from one.
    number INTEGER NOT NULL,
    -- 0: those on interactions are read; 1: those on conversations; 2: it is over.
    stage INTEGER NOT NULL,
    -- Where the next page of that stage begins; absent at its beginning.
    token INTEGER,
    began_at INTEGER,
    -- When the last one that came to its end began, and when anything new was last asked for.
    complete_at INTEGER,
    asked_at INTEGER
);
INSERT INTO comment_reading VALUES (1, 0, NULL, NULL, NULL, NULL);

-- They lay among a conversation's pieces before, and went with them.
DELETE FROM pieces WHERE kind = 'comments';
