-- Heads of conversations: what the list shows. Small, and never evicted.
CREATE TABLE conversations (
    id TEXT NOT NULL PRIMARY KEY,
    user TEXT NOT NULL,
    service TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    is_finished INTEGER NOT NULL,
    value BLOB NOT NULL,
    read_at INTEGER NOT NULL
);
CREATE INDEX conversations_by_time ON conversations (created_at DESC, id DESC);

CREATE TABLE conversation_tags (
    conversation TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY (conversation, key)
) WITHOUT ROWID;

-- Names of people, services and agents. Small, and never evicted.
CREATE TABLE names (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    read_at INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
);

-- Everything large a conversation has: messages, insights, tool invocations, comments, recordings. Evicted together.
CREATE TABLE pieces (
    conversation TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    facts BLOB NOT NULL,
    read_at INTEGER NOT NULL,
    PRIMARY KEY (conversation, kind, name)
);
CREATE INDEX pieces_by_name ON pieces (name) WHERE name <> '';

-- What each conversation's pieces take, and in which order conversations were used.
CREATE TABLE held (
    conversation TEXT NOT NULL PRIMARY KEY,
    bytes INTEGER NOT NULL,
    used INTEGER NOT NULL
);
CREATE INDEX held_by_use ON held (used);

-- One row: what all pieces take together, and how often any was used.
CREATE TABLE room (bytes INTEGER NOT NULL, uses INTEGER NOT NULL);
INSERT INTO room VALUES (0, 0);

-- The sums are kept by the database, so that no statement can forget them.
CREATE TRIGGER piece_came AFTER INSERT ON pieces BEGIN
    INSERT INTO held VALUES (NEW.conversation, length(NEW.value) + length(NEW.facts), 0)
        ON CONFLICT (conversation) DO UPDATE SET bytes = bytes + excluded.bytes;
    UPDATE room SET bytes = bytes + length(NEW.value) + length(NEW.facts);
END;
CREATE TRIGGER piece_changed AFTER UPDATE ON pieces BEGIN
    UPDATE held SET bytes = bytes + length(NEW.value) + length(NEW.facts) - length(OLD.value) - length(OLD.facts)
        WHERE conversation = NEW.conversation;
    UPDATE room SET bytes = bytes + length(NEW.value) + length(NEW.facts) - length(OLD.value) - length(OLD.facts);
END;
CREATE TRIGGER piece_went AFTER DELETE ON pieces BEGIN
    UPDATE held SET bytes = bytes - length(OLD.value) - length(OLD.facts) WHERE conversation = OLD.conversation;
    UPDATE room SET bytes = bytes - length(OLD.value) - length(OLD.facts);
END;
