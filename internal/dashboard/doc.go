// Package dashboard is CloudWatch's dashboards as documents: it says what is
// wrong with a body, and draws one as a page of HTML with charts in SVG, which
// needs no scripts and nothing from elsewhere. What the charts show comes
// from a Source.
//
// Invariants:
//   - A body that parses is drawn, whatever is in it (FuzzParse).
//   - Nothing of a body becomes markup but what the page makes of it (TestNothingIsMarkup).
//   - Metrics are written short as AWS allows, and mean the same (TestShorthand).
//   - What a body lacks is told with its place (TestProblems).
package dashboard
