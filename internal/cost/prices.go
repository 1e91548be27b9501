package cost

import "github.com/niebla-cloud/niebla/internal/meter"

// The marks of sources.
const (
	PriceList = "PL" // AWS' price list files, published with their dates
	Page      = "OP" // the official pricing page
	Others    = "3P" // other third-party pages
	Unsure    = "K"  // from memory: not checked
)

// Dated is when the prices were those of AWS.
const Dated = "September and October 2026"

// rate is the price of one unit in one region.
type rate struct {
	USD  float64
	Mark string
}

// tier is a price above a quantity.
type tier struct {
	From float64
	USD  float64
}

// price is what one item costs.
type price struct {
	Title string  // of the item, for people
	Unit  string  // that is priced
	Per   float64 // how much of what the meter counts makes one such unit
	Free  float64 // units a month that are always free
	Base  rate    // us-east-1, and where nothing else is known
	Paris rate    // eu-west-3
	Tiers []tier  // above the first, in every region
}

const (
	million = 1e6
	giga    = 1e9
)

// services are products as bills name them, in the order of a bill.
var services = []struct{ product, title string }{
	{"AmazonDynamoDB", "Amazon DynamoDB"},
	{"AmazonS3", "Amazon Simple Storage Service"},
	{"AmazonCloudFront", "Amazon CloudFront"},
	{"AWSLambda", "AWS Lambda"},
	{"AWSAppSync", "AWS AppSync"},
	{"AmazonCognito", "Amazon Cognito"},
	{"AmazonApiGateway", "Amazon API Gateway"},
	{"AWSEvents", "CloudWatch Events"},
	{"AmazonSNS", "Amazon Simple Notification Service"},
	{"AWSQueueService", "Amazon Simple Queue Service"},
	{"AmazonCloudWatch", "AmazonCloudWatch"},
	{"awskms", "AWS Key Management Service"},
	{"AWSDataTransfer", "AWS Data Transfer"},
}

// prices are all that we know. Where Paris is marked K the source had none of
// its own, and the figure is the one of memory or of us-east-1.
var prices = map[meter.Item]price{
	{Product: "AmazonDynamoDB", Unit: "WriteRequestUnits"}:          {"Writes on demand", "million", million, 0, rate{0.625, PriceList}, rate{0.7423, PriceList}, nil},
	{Product: "AmazonDynamoDB", Unit: "ReplWriteRequestUnits"}:      {"Replicated writes", "million", million, 0, rate{0.625, Unsure}, rate{0.7423, Unsure}, nil},
	{Product: "AmazonDynamoDB", Unit: "ReadRequestUnits"}:           {"Reads on demand", "million", million, 0, rate{0.125, PriceList}, rate{0.1487, PriceList}, nil},
	{Product: "AmazonDynamoDB", Unit: "WriteCapacityUnit-Hrs"}:      {"Provisioned writes", "WCU hour", 1, 25 * 730, rate{0.00065, PriceList}, rate{0.000772, Unsure}, nil},
	{Product: "AmazonDynamoDB", Unit: "ReadCapacityUnit-Hrs"}:       {"Provisioned reads", "RCU hour", 1, 25 * 730, rate{0.00013, PriceList}, rate{0.000154, Unsure}, nil},
	{Product: "AmazonDynamoDB", Unit: "TimedStorage-ByteHrs"}:       {"Storage", "GB-month", 1, 25, rate{0.25, PriceList}, rate{0.297, Unsure}, nil},
	{Product: "AmazonDynamoDB", Unit: "TimedPITRStorage-ByteHrs"}:   {"Point-in-time recovery", "GB-month", 1, 0, rate{0.20, PriceList}, rate{0.237, Unsure}, nil},
	{Product: "AmazonDynamoDB", Unit: "TimedBackupStorage-ByteHrs"}: {"Backups", "GB-month", 1, 0, rate{0.10, Unsure}, rate{0.119, Unsure}, nil},
	{Product: "AmazonDynamoDB", Unit: "ExportDataSize-Bytes"}:       {"Exports", "GB", 1, 0, rate{0.10, Unsure}, rate{0.10, Unsure}, nil},
	{Product: "AmazonDynamoDB", Unit: "ImportDataSize-Bytes"}:       {"Imports", "GB", 1, 0, rate{0.15, Unsure}, rate{0.15, Unsure}, nil},
	{Product: "AmazonDynamoDB", Unit: "RestoreDataSize-Bytes"}:      {"Restores", "GB", 1, 0, rate{0.15, Unsure}, rate{0.15, Unsure}, nil},
	{Product: "AmazonDynamoDB", Unit: "Streams-Requests"}:           {"Reads of streams", "100,000", 1e5, 25, rate{0.02, Unsure}, rate{0.024, Unsure}, nil},
	{Product: "AmazonS3", Unit: "Requests-Tier1"}:                   {"PUT, COPY, POST, LIST", "1,000", 1000, 0, rate{0.005, Others}, rate{0.0053, PriceList}, nil},
	{Product: "AmazonS3", Unit: "Requests-Tier2"}:                   {"GET and others", "1,000", 1000, 0, rate{0.0004, Others}, rate{0.00042, PriceList}, nil},
	{Product: "AmazonS3", Unit: "TimedStorage-ByteHrs"}:             {"Storage, Standard", "GB-month", 1, 0, rate{0.023, Others}, rate{0.024, PriceList}, nil},
	{Product: "AmazonS3", Unit: "TimedStorage-SIA-ByteHrs"}:         {"Storage, Standard-IA", "GB-month", 1, 0, rate{0.0125, Unsure}, rate{0.0125, Unsure}, nil},
	{Product: "AmazonS3", Unit: "TimedStorage-ZIA-ByteHrs"}:         {"Storage, One Zone-IA", "GB-month", 1, 0, rate{0.01, Unsure}, rate{0.01, Unsure}, nil},
	{Product: "AmazonS3", Unit: "TimedStorage-INT-FA-ByteHrs"}:      {"Storage, Intelligent-Tiering", "GB-month", 1, 0, rate{0.023, Unsure}, rate{0.023, Unsure}, nil},
	{Product: "AmazonS3", Unit: "TimedStorage-RRS-ByteHrs"}:         {"Storage, reduced redundancy", "GB-month", 1, 0, rate{0.024, Unsure}, rate{0.024, Unsure}, nil},
	{Product: "AmazonS3", Unit: "TimedStorage-GlacierByteHrs"}:      {"Storage, Glacier Flexible Retrieval", "GB-month", 1, 0, rate{0.0036, Unsure}, rate{0.0036, Unsure}, nil},
	{Product: "AmazonS3", Unit: "TimedStorage-GIR-ByteHrs"}:         {"Storage, Glacier Instant Retrieval", "GB-month", 1, 0, rate{0.004, Unsure}, rate{0.004, Unsure}, nil},
	{Product: "AmazonS3", Unit: "TimedStorage-GDA-ByteHrs"}:         {"Storage, Glacier Deep Archive", "GB-month", 1, 0, rate{0.00099, Unsure}, rate{0.00099, Unsure}, nil},
	{Product: "AWSDataTransfer", Unit: "DataTransfer-Out-Bytes"}:    {"Transfer to the Internet", "GB", 1, 100, rate{0.09, PriceList}, rate{0.09, PriceList}, nil},
	{Product: "AmazonCloudFront", Unit: "DataTransfer-Out-Bytes"}: {"Transfer to the Internet", "GB", giga, 1000, rate{0.085, Page}, rate{0.085, PriceList},
		[]tier{{10_000, 0.080}, {50_000, 0.060}, {150_000, 0.040}, {500_000, 0.030}}},
	{Product: "AmazonCloudFront", Unit: "Requests-HTTPS"}: {"HTTPS requests", "10,000", 1e4, 1000, rate{0.0100, Others}, rate{0.0120, PriceList}, nil},
	{Product: "AmazonCloudFront", Unit: "Requests-HTTP"}:  {"HTTP requests", "10,000", 1e4, 0, rate{0.0075, Unsure}, rate{0.0090, Unsure}, nil},
	{Product: "AmazonCloudFront", Unit: "Invalidations"}:  {"Invalidated paths", "path", 1, 1000, rate{0.005, Unsure}, rate{0.005, Unsure}, nil},
	{Product: "AWSLambda", Unit: "Request"}:               {"Requests", "million", million, 1, rate{0.20, Others}, rate{0.20, PriceList}, nil},
	{Product: "AWSLambda", Unit: "Lambda-GB-Second"}:      {"Duration, x86", "GB-second", 1, 400_000, rate{0.0000166667, Others}, rate{0.0000166667, Unsure}, nil},
	{Product: "AWSAppSync", Unit: "Requests"}:             {"Queries and mutations", "million", million, 0, rate{4.00, Others}, rate{4.00, Unsure}, nil},
	{Product: "AWSAppSync", Unit: "RealTimeUpdates"}:      {"Real-time updates of 5 kB", "million", million, 0, rate{2.00, Page}, rate{2.00, Unsure}, nil},
	{Product: "AWSAppSync", Unit: "ConnectionMinutes"}:    {"Connection minutes", "million", million, 0, rate{0.08, Page}, rate{0.08, Unsure}, nil},
	{Product: "AmazonCognito", Unit: "MonthlyActiveUsers-LITE"}: {"Active users, Lite", "user", 1, 10_000, rate{0.0055, Others}, rate{0.0055, Others},
		[]tier{{90_000, 0.0046}}},
	{Product: "AmazonCognito", Unit: "MonthlyActiveUsers-ESSENTIALS"}: {"Active users, Essentials", "user", 1, 10_000, rate{0.015, Others}, rate{0.015, Others}, nil},
	{Product: "AmazonCognito", Unit: "MonthlyActiveUsers-PLUS"}:       {"Active users, Plus", "user", 1, 0, rate{0.020, Others}, rate{0.020, Others}, nil},
	{Product: "AmazonApiGateway", Unit: "ApiGatewayHttpRequest"}:      {"Requests of HTTP APIs", "million", million, 0, rate{1.00, PriceList}, rate{1.17, PriceList}, nil},
	{Product: "AWSEvents", Unit: "CustomEvents"}:                      {"Custom events", "million", million, 0, rate{1.00, Unsure}, rate{1.00, Unsure}, nil},
	{Product: "AmazonSNS", Unit: "Requests"}:                          {"Requests", "million", million, 1, rate{0.50, Unsure}, rate{0.50, Unsure}, nil},
	{Product: "AWSQueueService", Unit: "Requests"}:                    {"Requests, standard queues", "million", million, 1, rate{0.40, PriceList}, rate{0.40, PriceList}, nil},
	{Product: "AmazonCloudWatch", Unit: "DataProcessing-Bytes"}:       {"Logs taken in", "GB", giga, 5, rate{0.50, PriceList}, rate{0.5985, PriceList}, nil},
	{Product: "AmazonCloudWatch", Unit: "TimedStorage-ByteHrs"}:       {"Logs stored", "GB-month", 1, 0, rate{0.03, PriceList}, rate{0.0315, PriceList}, nil},
	{Product: "AmazonCloudWatch", Unit: "MetricMonitorUsage"}:         {"Custom metrics", "metric-month", 1, 10, rate{0.30, PriceList}, rate{0.30, Unsure}, nil},
	{Product: "AmazonCloudWatch", Unit: "AlarmMonitorUsage"}:          {"Alarms", "alarm-month", 1, 10, rate{0.10, PriceList}, rate{0.10, PriceList}, nil},
	{Product: "awskms", Unit: "KMS-Keys"}:                             {"Customer keys", "key-month", 1, 0, rate{1.00, PriceList}, rate{1.00, Unsure}, nil},
	{Product: "awskms", Unit: "KMS-Requests"}:                         {"Requests", "10,000", 1e4, 2, rate{0.03, PriceList}, rate{0.03, Unsure}, nil},
}
