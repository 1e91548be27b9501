package provider

import "encoding/xml"

// notification is what a bucket tells functions, queues and topics.
func notification() bucketConfig {
	type rule struct {
		Name, Value string
	}
	type filter struct {
		Rules []rule `xml:"S3Key>FilterRule"`
	}
	type target struct {
		ID            string   `xml:"Id,omitempty"`
		CloudFunction string   `xml:",omitempty"`
		Queue         string   `xml:",omitempty"`
		Topic         string   `xml:",omitempty"`
		Event         []string `xml:"Event"`
		Filter        *filter  `xml:",omitempty"`
	}
	type document struct {
		XMLName     xml.Name  `xml:"NotificationConfiguration"`
		Namespace   string    `xml:"xmlns,attr"`
		Topics      []target  `xml:"TopicConfiguration"`
		Queues      []target  `xml:"QueueConfiguration"`
		Functions   []target  `xml:"CloudFunctionConfiguration"`
		EventBridge *struct{} `xml:"EventBridgeConfiguration"`
	}
	targets := func(r *Resource, property, arn string) (list []target) {
		for _, m := range objects(r.In[property]) {
			t := target{ID: text(m, "id"), Event: texts(m["events"])}
			switch arn {
			case "lambdaFunctionArn":
				t.CloudFunction = text(m, arn)
			case "queueArn":
				t.Queue = text(m, arn)
			default:
				t.Topic = text(m, arn)
			}
			var rules []rule
			for _, f := range [][2]string{{"prefix", "filterPrefix"}, {"suffix", "filterSuffix"}} {
				if v := text(m, f[1]); v != "" {
					rules = append(rules, rule{f[0], v})
				}
			}
			if len(rules) > 0 {
				t.Filter = &filter{rules}
			}
			list = append(list, t)
		}
		return list
	}
	to := func(arn string) Type {
		return listOf(object(
			Property{Name: arn, Type: str, Required: true},
			Property{Name: "events", Type: setOf(str), Required: true},
			Property{Name: "filterPrefix", Type: str},
			Property{Name: "filterSuffix", Type: str},
			Property{Name: "id", Type: str},
		))
	}
	return bucketConfig{
		token: "aws:s3/bucketNotification:BucketNotification",
		inputs: []Property{
			{Name: "eventbridge", Type: boolean, Default: false},
			{Name: "lambdaFunctions", Type: to("lambdaFunctionArn")},
			{Name: "queues", Type: to("queueArn")},
			{Name: "topics", Type: to("topicArn")},
		},
		name: "notification", put: "PutBucketNotificationConfiguration", get: "GetBucketNotificationConfiguration",
		document: func(r *Resource) any {
			d := document{
				Namespace: s3Namespace, Functions: targets(r, "lambdaFunctions", "lambdaFunctionArn"),
				Queues: targets(r, "queues", "queueArn"), Topics: targets(r, "topics", "topicArn"),
			}
			if r.flag("eventbridge") {
				d.EventBridge = &struct{}{}
			}
			return d
		},
		// Nothing is told of a bucket whose configuration is empty.
		reset: func(*Resource) any { return document{Namespace: s3Namespace} },
	}
}
