// Package admin serves /_niebla/: health, reset, and what is remembered of
// requests. Answers are JSON, but for the pages for people: the first page at
// the port's root, the mailbox and the log of requests.
//
//	GET  /_niebla/health           {"status":"running","version":…,"services":{"s3":"running",…}}
//	GET  /_localstack/health       the same, where tools look for it
//	POST /_niebla/reset            empties the cloud
//	GET  /_niebla/status           where it keeps its data, what it costs
//	GET  /_niebla/requests?n=100   the latest requests; ?follow=1 goes on, a line each
//	GET  /_niebla/requests/{id}    one request, with the decision that let it in
//	GET  /_niebla/mail?to=a&n=100  the latest mails and text messages, to one address or to all
//	GET  /_niebla/mail/{id}        one of them
//	GET  /_niebla/clock            the cloud's time; POST {"advance":"24h"} moves it
//	GET  /_niebla/faults           the faults in force; POST adds one, DELETE ends all, or /{id}
//
//	GET  /, /_niebla/mailbox, /_niebla/log   pages
//
// Invariants:
//   - Pages load nothing and run nothing, whatever is in what they show (TestPages).
//   - The first page takes nothing that is S3's (TestClaimsHome).
//   - No page of a foreign origin, and nobody on another machine, is told more
//     than that we are well (TestGuard).
//   - A follower of the requests does not hold up the end of the cloud (TestFollow).
//   - A signature that would let somebody repeat a request is not told (TestExplain).
package admin
