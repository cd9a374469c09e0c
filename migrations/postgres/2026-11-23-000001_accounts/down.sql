DROP TABLE teams;
DROP TABLE reset_codes;
DROP TABLE sessions;
DROP TABLE users;
