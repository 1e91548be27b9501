# One of every resource that a small application has. round is what changes between two applies.
terraform {
  required_providers {
    aws = { source = "registry.terraform.io/hashicorp/aws" }
  }
}

variable "round" { type = number }
variable "code" { type = string }

provider "aws" {
  s3_use_path_style = true
}

locals { text = "round ${var.round}" }

# Users

resource "aws_cognito_user_pool" "users" {
  name                     = "users"
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  password_policy {
    minimum_length                   = 8 + var.round
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = false
    require_uppercase                = false
    temporary_password_validity_days = 7
  }
  schema {
    name                = "plan"
    attribute_data_type = "String"
    mutable             = true
    string_attribute_constraints {
      min_length = "0"
      max_length = "20"
    }
  }
  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }
  lambda_config {
    post_confirmation = aws_lambda_function.worker.arn
  }
  tags = { round = local.text }
}

resource "aws_cognito_user_pool_client" "web" {
  name                  = "web"
  user_pool_id          = aws_cognito_user_pool.users.id
  explicit_auth_flows   = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  access_token_validity = 1 + var.round
  id_token_validity     = 1
  token_validity_units {
    access_token = "hours"
    id_token     = "hours"
  }
  prevent_user_existence_errors = "ENABLED"
}

resource "aws_cognito_user_group" "admins" {
  name         = "admins"
  description  = local.text
  precedence   = 1
  user_pool_id = aws_cognito_user_pool.users.id
}

resource "aws_cognito_identity_pool" "visitors" {
  identity_pool_name               = "visitors"
  allow_unauthenticated_identities = var.round == 1
  cognito_identity_providers {
    client_id               = aws_cognito_user_pool_client.web.id
    provider_name           = aws_cognito_user_pool.users.endpoint
    server_side_token_check = false
  }
}

data "aws_iam_policy_document" "visitor" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = ["cognito-identity.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "cognito-identity.amazonaws.com:aud"
      values   = [aws_cognito_identity_pool.visitors.id]
    }
  }
}

resource "aws_iam_role" "visitor" {
  name               = "visitor"
  assume_role_policy = data.aws_iam_policy_document.visitor.json
}

resource "aws_cognito_identity_pool_roles_attachment" "visitors" {
  identity_pool_id = aws_cognito_identity_pool.visitors.id
  roles            = { authenticated = aws_iam_role.visitor.arn }
}

# A table, and the function that follows it

resource "aws_dynamodb_table" "things" {
  name             = "things"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "pk"
  range_key        = "sk"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "pk"
    type = "S"
  }
  attribute {
    name = "sk"
    type = "S"
  }
  attribute {
    name = "owner"
    type = "S"
  }
  global_secondary_index {
    name            = "byOwner"
    hash_key        = "owner"
    range_key       = "sk"
    projection_type = "ALL"
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
  tags = { round = local.text }
}

data "aws_iam_policy_document" "services" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com", "appsync.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "work" {
  statement {
    actions   = ["dynamodb:*"]
    resources = [aws_dynamodb_table.things.arn, "${aws_dynamodb_table.things.arn}/*"]
  }
  statement {
    actions   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["*"]
  }
  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.jobs.arn]
  }
}

resource "aws_iam_role" "work" {
  name               = "work"
  assume_role_policy = data.aws_iam_policy_document.services.json
}

resource "aws_iam_role_policy" "work" {
  name   = "work"
  role   = aws_iam_role.work.id
  policy = data.aws_iam_policy_document.work.json
}

resource "aws_lambda_function" "worker" {
  function_name    = "worker"
  role             = aws_iam_role.work.arn
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  filename         = var.code
  source_code_hash = filebase64sha256(var.code)
  timeout          = 5
  memory_size      = 128 * var.round
  environment {
    variables = { ROUND = local.text }
  }
  tags = { round = local.text }
}

resource "aws_lambda_function_event_invoke_config" "worker" {
  function_name                = aws_lambda_function.worker.function_name
  maximum_event_age_in_seconds = 60 * var.round
  maximum_retry_attempts       = 0
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = local.text
  function_name    = aws_lambda_function.worker.function_name
  function_version = "$LATEST"
}

resource "aws_lambda_event_source_mapping" "things" {
  event_source_arn                   = aws_dynamodb_table.things.stream_arn
  function_name                      = aws_lambda_function.worker.arn
  starting_position                  = "LATEST"
  batch_size                         = 10 * var.round
  maximum_retry_attempts             = 2
  bisect_batch_on_function_error     = true
  maximum_batching_window_in_seconds = 1
  function_response_types            = ["ReportBatchItemFailures"]
  filter_criteria {
    filter { pattern = jsonencode({ eventName = ["INSERT"] }) }
  }
  depends_on = [aws_iam_role_policy.work]
}

resource "aws_lambda_event_source_mapping" "jobs" {
  event_source_arn = aws_sqs_queue.jobs.arn
  function_name    = aws_lambda_function.worker.arn
  batch_size       = 5 * var.round
  depends_on       = [aws_iam_role_policy.work]
}

resource "aws_lambda_permission" "senders" {
  for_each = {
    cognito = { principal = "cognito-idp.amazonaws.com", arn = aws_cognito_user_pool.users.arn }
    events  = { principal = "events.amazonaws.com", arn = aws_cloudwatch_event_rule.nightly.arn }
    s3      = { principal = "s3.amazonaws.com", arn = aws_s3_bucket.uploads.arn }
    http    = { principal = "apigateway.amazonaws.com", arn = "${aws_apigatewayv2_api.http.execution_arn}/*" }
  }
  statement_id  = each.key
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.worker.function_name
  principal     = each.value.principal
  source_arn    = each.value.arn
}

# GraphQL

resource "aws_appsync_graphql_api" "graph" {
  name                = "graph"
  authentication_type = "API_KEY"
  schema              = <<-EOT
    type Thing @aws_api_key @aws_cognito_user_pools { pk: ID! sk: String! }
    type Query { thing(pk: ID!, sk: String!): Thing pipe: String }
  EOT
  additional_authentication_provider {
    authentication_type = "AMAZON_COGNITO_USER_POOLS"
    user_pool_config {
      user_pool_id = aws_cognito_user_pool.users.id
    }
  }
  log_config {
    cloudwatch_logs_role_arn = aws_iam_role.work.arn
    field_log_level          = var.round == 1 ? "ERROR" : "ALL"
    exclude_verbose_content  = true
  }
  tags = { round = local.text }
}

resource "aws_appsync_api_key" "key" {
  api_id      = aws_appsync_graphql_api.graph.id
  description = local.text
}

resource "aws_appsync_datasource" "things" {
  api_id           = aws_appsync_graphql_api.graph.id
  name             = "things"
  description      = local.text
  type             = "AMAZON_DYNAMODB"
  service_role_arn = aws_iam_role.work.arn
  dynamodb_config {
    table_name = aws_dynamodb_table.things.name
  }
}

resource "aws_appsync_datasource" "none" {
  api_id = aws_appsync_graphql_api.graph.id
  name   = "none"
  type   = "NONE"
}

resource "aws_appsync_function" "say" {
  api_id      = aws_appsync_graphql_api.graph.id
  name        = "say"
  data_source = aws_appsync_datasource.none.name
  code        = <<-EOT
    export function request(ctx) { return { payload: '${local.text}' }; }
    export function response(ctx) { return ctx.result; }
  EOT
  runtime {
    name            = "APPSYNC_JS"
    runtime_version = "1.0.0"
  }
}

resource "aws_appsync_resolver" "pipe" {
  api_id = aws_appsync_graphql_api.graph.id
  type   = "Query"
  field  = "pipe"
  kind   = "PIPELINE"
  code   = <<-EOT
    export function request(ctx) { return {}; }
    export function response(ctx) { return ctx.prev.result; }
  EOT
  runtime {
    name            = "APPSYNC_JS"
    runtime_version = "1.0.0"
  }
  pipeline_config {
    functions = [aws_appsync_function.say.function_id]
  }
}

resource "aws_appsync_resolver" "thing" {
  api_id            = aws_appsync_graphql_api.graph.id
  type              = "Query"
  field             = "thing"
  data_source       = aws_appsync_datasource.things.name
  request_template  = <<-EOT
    {"version": "2018-05-29", "operation": "GetItem", "consistentRead": ${var.round == 1},
     "key": {"pk": $util.dynamodb.toDynamoDBJson($ctx.args.pk), "sk": $util.dynamodb.toDynamoDBJson($ctx.args.sk)}}
  EOT
  response_template = "$util.toJson($ctx.result)"
}

# Messages

resource "aws_sqs_queue" "dead" {
  name                      = "dead"
  message_retention_seconds = 86400 * var.round
}

resource "aws_sqs_queue" "jobs" {
  name                       = "jobs"
  visibility_timeout_seconds = 30 * var.round
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 })
  tags                       = { round = local.text }
}

data "aws_iam_policy_document" "jobs" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.jobs.arn]
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com", "events.amazonaws.com", "s3.amazonaws.com"]
    }
  }
}

resource "aws_sqs_queue_policy" "jobs" {
  queue_url = aws_sqs_queue.jobs.id
  policy    = data.aws_iam_policy_document.jobs.json
}

resource "aws_sns_topic" "news" {
  name         = "news"
  display_name = local.text
  tags         = { round = local.text }
}

resource "aws_sns_topic_subscription" "jobs" {
  topic_arn            = aws_sns_topic.news.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.jobs.arn
  raw_message_delivery = var.round == 1
  filter_policy        = jsonencode({ kind = ["a", local.text] })
}

# Events and schedules

resource "aws_cloudwatch_event_bus" "own" {
  name = "own"
}

resource "aws_cloudwatch_event_rule" "orders" {
  name           = "orders"
  description    = local.text
  event_bus_name = aws_cloudwatch_event_bus.own.name
  event_pattern  = jsonencode({ source = ["shop"], detail-type = [local.text] })
}

resource "aws_cloudwatch_event_target" "orders" {
  rule           = aws_cloudwatch_event_rule.orders.name
  event_bus_name = aws_cloudwatch_event_bus.own.name
  target_id      = "jobs"
  arn            = aws_sqs_queue.jobs.arn
  input_transformer {
    input_paths    = { id = "$.detail.id" }
    input_template = "{\"order\": <id>, \"round\": ${var.round}}"
  }
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 ${var.round} * * ? *)"
  tags                = { round = local.text }
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule  = aws_cloudwatch_event_rule.nightly.name
  arn   = aws_lambda_function.worker.arn
  input = jsonencode({ round = var.round })
}

# Files

resource "aws_s3_bucket" "uploads" {
  bucket        = "uploads"
  force_destroy = true
  tags          = { round = local.text }
}

resource "aws_s3_bucket_notification" "uploads" {
  bucket      = aws_s3_bucket.uploads.id
  eventbridge = true
  lambda_function {
    id                  = "worker"
    lambda_function_arn = aws_lambda_function.worker.arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "in${var.round}/"
    filter_suffix       = ".png"
  }
  queue {
    id        = "jobs"
    queue_arn = aws_sqs_queue.jobs.arn
    events    = ["s3:ObjectRemoved:*"]
  }
  depends_on = [aws_lambda_permission.senders, aws_sqs_queue_policy.jobs]
}

resource "aws_s3_object" "page" {
  bucket       = aws_s3_bucket.uploads.id
  key          = "index.html"
  content      = local.text
  content_type = "text/html"
}

# What is watched

resource "aws_cloudwatch_log_group" "worker" {
  name              = "/aws/lambda/worker"
  retention_in_days = var.round == 1 ? 7 : 14
  tags              = { round = local.text }
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "errors"
  log_group_name = aws_cloudwatch_log_group.worker.name
  pattern        = "ERROR"
  metric_transformation {
    name      = "Errors"
    namespace = "Worker"
    value     = tostring(var.round)
  }
}

resource "aws_cloudwatch_metric_alarm" "dead" {
  alarm_name          = "dead"
  alarm_description   = local.text
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead.name }
  comparison_operator = "GreaterThanThreshold"
  statistic           = "Maximum"
  threshold           = var.round
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.news.arn]
  tags                = { round = local.text }
}

resource "aws_cloudwatch_dashboard" "board" {
  dashboard_name = "board"
  dashboard_body = jsonencode({ widgets = [{
    type       = "metric", x = 0, y = 0, width = 6 * var.round, height = 6
    properties = { metrics = [["AWS/Lambda", "Errors", "FunctionName", "worker"]], region = "eu-west-3", title = local.text }
  }] })
}

# HTTP

resource "aws_apigatewayv2_api" "http" {
  name          = "http"
  protocol_type = "HTTP"
  description   = local.text
  cors_configuration {
    allow_origins = ["https://example.com"]
    allow_methods = ["GET", "POST"]
    max_age       = 60 * var.round
  }
  tags = { round = local.text }
}

resource "aws_apigatewayv2_integration" "worker" {
  api_id                 = aws_apigatewayv2_api.http.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.worker.invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 5000 * var.round
}

resource "aws_apigatewayv2_route" "things" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = var.round == 1 ? "GET /things" : "GET /things/{id}"
  target    = "integrations/${aws_apigatewayv2_integration.worker.id}"
}

resource "aws_apigatewayv2_stage" "live" {
  api_id          = aws_apigatewayv2_api.http.id
  name            = "$default"
  auto_deploy     = true
  stage_variables = { round = tostring(var.round) }
}
