DROP TABLE answer_journal;
DROP TABLE answers;
DROP TABLE messages;
DROP TABLE conversations;
