DROP TABLE canaries;
DROP TABLE crypto_state;
DROP TABLE data_keys;
DROP TABLE api_keys;
