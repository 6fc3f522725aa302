global using LedgerCredit.Primitives;
global using LedgerCredit.Primitives.Cryptography;
