-- Text as it is being typed, by the place it is typed in.
CREATE TABLE drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    place TEXT NOT NULL UNIQUE,
    text TEXT NOT NULL,
    caret INTEGER NOT NULL,
    at INTEGER NOT NULL
);

-- The outbox: every change a reviewer made, in the order they were made.
CREATE TABLE edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL,
    who TEXT NOT NULL,
    change TEXT NOT NULL,
    before TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'needs_you', 'undone')),
    -- Why it needs the reviewer, or what tells whether it arrived.
    note TEXT,
    changed_at INTEGER NOT NULL,
    -- The edit this one is the inverse of, and the one it makes again.
    undoes INTEGER,
    redoes INTEGER,
    -- Whether it was taken back or its inverse was made.
    is_undone INTEGER NOT NULL DEFAULT 0,
    -- The first of the edits that were made at once, which are undone at once. Its own id where it was made alone.
    batch INTEGER NOT NULL DEFAULT 0,
    -- The row of history by which it was undone, for as long as it can be made again.
    redo_turn INTEGER
);
CREATE INDEX edits_open ON edits (id) WHERE state IN ('waiting', 'sending', 'needs_you');
CREATE INDEX edits_undoable ON edits (who, id) WHERE is_undone = 0 AND undoes IS NULL;
CREATE INDEX edits_redoable ON edits (who, redo_turn) WHERE redo_turn IS NOT NULL;
CREATE INDEX edits_by_batch ON edits (batch, id);
CREATE INDEX edits_undoing ON edits (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX edits_redoing ON edits (redoes) WHERE redoes IS NOT NULL;

-- What was made here offline, and the id a server gave it.
CREATE TABLE aliases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    local TEXT NOT NULL UNIQUE,
    server TEXT NOT NULL
);

-- States of review that are kept on this computer only.
CREATE TABLE review_states (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL UNIQUE,
    value TEXT NOT NULL,
    at INTEGER NOT NULL
);

-- Who did what, when, and what came of it. Only ever added to.
CREATE TABLE history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    edit INTEGER NOT NULL,
    who TEXT NOT NULL,
    at INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    change TEXT NOT NULL,
    before TEXT NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT NOT NULL,
    request_id TEXT
);
CREATE INDEX history_of_edit ON history (edit, id);
CREATE TRIGGER history_is_not_changed BEFORE UPDATE ON history BEGIN
    SELECT RAISE(ABORT, 'history is only ever added to');
END;
CREATE TRIGGER history_is_not_deleted BEFORE DELETE ON history BEGIN
    SELECT RAISE(ABORT, 'history is only ever added to');
END;
-- "INSERT OR REPLACE" deletes without asking the trigger above.
CREATE TRIGGER history_is_not_replaced BEFORE INSERT ON history WHEN EXISTS (SELECT 1 FROM history WHERE id = NEW.id) BEGIN
    SELECT RAISE(ABORT, 'history is only ever added to');
END;
