DROP INDEX conversations_temporary;
ALTER TABLE conversations DROP COLUMN temporary;
