-- Texts whose words are not written yet: a message, or the title of a conversation. A turn only notes them here, and the words follow.
-- No foreign key: it would be checked with every turn, and whoever writes the words deletes what leads nowhere any more.

CREATE TABLE search_pending (
    seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation bigint NOT NULL,
    message      uuid
);

-- Older programs wrote an answer's words with its end. Those that run now are ended by newer ones.
INSERT INTO search_pending (conversation, message)
SELECT messages.conversation, messages.id FROM answers JOIN messages ON messages.id = answers.message;
