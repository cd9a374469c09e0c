DROP TRIGGER search_words_go;
DROP TABLE search_words;
DROP TABLE search_texts;
DROP INDEX conversations_not_searchable;
DROP INDEX conversations_team_pinned;
DROP INDEX conversations_user_pinned;
ALTER TABLE conversations DROP COLUMN searchable;
ALTER TABLE conversations DROP COLUMN pinned;
