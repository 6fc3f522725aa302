global using LedgerCredit.Ethereum;
global using LedgerCredit.Ethereum.AbiCoding;
global using LedgerCredit.Primitives;
global using LedgerCredit.Primitives.Cryptography;
