using System.Text.Json;
using Kip.Rules.RequestLogs;
using Shouldly;

namespace Kip.Tests.RequestLogs;

/// <summary>What a line of the request log says, in Go's template language.</summary>
public sealed class RequestLogTemplateTests
{
    private static readonly RequestLogEntry Entry = new()
    {
        Request = new Facts(), Code = 200, Size = 12, Latency = 0.00125, Wait = 0.00001, Time = DateTimeOffset.UnixEpoch, Name = "hello-00001",
        Namespace = "default", Service = "hello", Configuration = "hello", PodName = "pod", PodIP = "127.0.0.1", TraceId = "abc", RequestId = "id",
    };

    private static string Render(string template)
    {
        var parsed = RequestLogTemplate.Parse(template, out var error);
        error.ShouldBeEmpty();
        return parsed!.Render(Entry);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{{.Request.Method}} {{.Request.RequestURI}} {{.Response.Code}}", "POST /a?b=\"c\" 200")]
    [InlineData("{{js .Request.RequestURI}}", "/a?b\\u003D\\\"c\\\"")]
    [InlineData("{{ .Request.UserAgent | js | printf \"%s!\" }}", "curl!")]
    [InlineData("{{index .Request.Header \"X-Many\"}}", "[one two]")]
    [InlineData("{{index .Request.Header \"X-None\"}}", "[]")]
    [InlineData("{{.Request.Header.Get \"X-Many\"}}", "one")]
    [InlineData("{{range index .Request.Header \"X-Many\"}}<{{.}}{{$.TraceID}}>{{else}}none{{end}}", "<oneabc><twoabc>")]
    [InlineData("{{range index .Request.Header \"X-None\"}}x{{else}}none{{end}}", "none")]
    [InlineData("{{if eq .Response.Code 200}}ok{{else if .TraceID}}traced{{else}}bad{{end}}!", "ok!")]
    [InlineData("{{if eq .Response.Code 500}}ok{{else if .TraceID}}traced{{else}}bad{{end}}!", "traced!")]
    [InlineData("{{if not .TraceID}}a{{else}}b{{end}}", "b")]
    [InlineData("{{with .Revision}}{{.Namespace}}/{{.Name}}{{end}}", "default/hello-00001")]
    [InlineData("a {{- .TraceID -}} b", "aabcb")]
    [InlineData("{{.Response.Latency}}s {{.Wait}}", "0.00125s 1e-05")]
    [InlineData("{{printf \"%.2f%%\" .Response.Latency}}", "0.00%")]
    [InlineData("{{.Time}}", "1970-01-01T00:00:00.000Z")]
    [InlineData("{{len (index .Request.Header \"X-Many\")}}", "2")]
    [InlineData("{{/* a comment */}}x", "x")]
    public void A_template_is_rendered_as_Go_would(string template, string line) => Render(template).ShouldBe(line);

    [Theory]
    [InlineData("{{.Request.Nonsense}}", "no field .Nonsense")]
    [InlineData("{{nonsense .TraceID}}", "no function \"nonsense\"")]
    [InlineData("{{if .TraceID}}", "no {{end}}")]
    [InlineData("{{.TraceID", "never closed")]
    [InlineData("{{end}}", "ends nothing")]
    [InlineData("{{js \"a}}", "never closed")]
    [InlineData("{{}}", "nothing between")]
    [InlineData("{{.Request}}", "cannot be written as a whole")]
    public void A_wrong_template_is_refused_with_the_reason(string template, string reason)
    {
        RequestLogTemplate.Parse(template, out var error).ShouldBeNull();
        error.ShouldContain(reason);
    }

    [Fact]
    public void The_default_line_is_json_with_Knatives_fields()
    {
        var line = JsonDocument.Parse(RequestLogTemplate.Default.Render(Entry)).RootElement;

        var http = line.GetProperty("httpRequest");
        http.GetProperty("requestMethod").GetString().ShouldBe("POST");
        http.GetProperty("requestUrl").GetString().ShouldBe("/a?b=\"c\"");
        http.GetProperty("requestSize").GetString().ShouldBe("7");
        http.GetProperty("status").GetInt32().ShouldBe(200);
        http.GetProperty("responseSize").GetString().ShouldBe("12");
        http.GetProperty("remoteIp").GetString().ShouldBe("192.0.2.1:5");
        http.GetProperty("serverIp").GetString().ShouldBe("127.0.0.1");
        http.GetProperty("latency").GetString().ShouldBe("0.00125s");
        http.GetProperty("protocol").GetString().ShouldBe("HTTP/1.1");
        line.GetProperty("traceId").GetString().ShouldBe("abc");
        line.GetProperty("requestId").GetString().ShouldBe("id");
    }

    [Fact]
    public void A_template_that_fails_for_a_request_says_so_in_Knatives_words() =>
        Render("{{index .Request.Header \"X-Many\" 0 | js}}{{if .Wait}}{{index .Request.Header \"X-None\" 0}}{{end}}")
            .ShouldBe("Invalid request log template: method: POST, response code: 200, latency: 0.00125, url: /a?b=\"c\"");

    private sealed class Facts : IRequestFacts
    {
        public string Method => "POST";

        public string RequestUri => "/a?b=\"c\"";

        public string Path => "/a";

        public string Query => "b=\"c\"";

        public string Host => "hello.default.localhost";

        public string Proto => "HTTP/1.1";

        public long ContentLength => 7;

        public string RemoteAddr => "192.0.2.1:5";

        public IReadOnlyList<string> Header(string name) => name switch
        {
            "User-Agent" => ["curl"],
            "X-Many" => ["one", "two"],
            _ => [],
        };
    }
}
