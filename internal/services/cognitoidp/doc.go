// Package cognitoidp emulates Amazon Cognito user pools: people sign up, prove
// who they are and get signed tokens.
//
// Passwords are kept as SRP verifiers with a salt, so that a sign-in by
// USER_SRP_AUTH never shows us the password. A verifier is a fast hash, as it
// is on AWS: it is the size of the group and the salt that protect it.
// Everything a user would be sent goes into the cloud's mailbox.
//
// A pool created with the tag niebla:id takes the tag's value as its id; a
// client whose name stands in a tag niebla:client-id:NAME of its pool takes
// that tag's value as its own.
//
// Invariants:
//   - Signing in by SRP takes the password, and the handshake is Amplify's (TestSRP, srp: TestVector).
//   - A token verifies only if a pool of ours signed it for that use, and only in its lifetime (TestForgedTokens, TestVerifiedTokens, FuzzVerify).
//   - After signing out, revoking, disabling or deleting, no token of before is good for our operations (TestRevocation).
//   - Five wrong passwords lock the user out, for twice as long each time (TestLockOut).
//   - A code works once, for its purpose, in its time, and guessing it ends (TestCodes).
//   - Where PreventUserExistenceErrors is on, users that do not exist answer as those who do (TestUnknownUsers).
//   - A trigger may refuse, confirm, and add claims, but not change who somebody is (TestTriggers).
//   - A trigger that could not be called is refused when it is configured (TestTriggersAreChecked).
//   - An alias leads to one user, whatever changes (TestAliases).
//   - What a code confirms and the mail that carries the code are stored together (code: sendCode).
//   - A user is charged for once in each month in which something is done with it (TestActiveUsers).
//   - Deleting a pool leaves nothing of it behind (TestDeletedPoolLeavesNothing).
//
// Absent:
//   - MFA, passkeys, one-time codes by mail or SMS (USER_AUTH), device tracking, threat protection: MfaConfiguration other than OFF and ALLOW_USER_AUTH are refused.
//   - Domains, the hosted login and OAuth grants, resource servers, federation (identity providers), confirmation by link.
//   - The triggers UserMigration, DefineAuthChallenge, CreateAuthChallenge, VerifyAuthChallengeResponse (CUSTOM_AUTH), custom senders, and versions 2 and 3 of the token trigger: configuring them is refused.
//   - Import of users, log delivery, UI customisation, WAF, terms, replicas.
//   - Cognito's quotas on requests; mail from SES: all goes into the mailbox, whatever EmailConfiguration says.
//   - The clock of an SRP TIMESTAMP is not compared with ours, which may have been moved.
package cognitoidp
