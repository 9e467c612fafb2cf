using System.Text;

namespace Kip.Rules.RequestLogs;

/// <summary>The template of <c>logging.request-log-template</c>: what a line of the request log says.</summary>
/// <remarks>
/// The part of Go's template language that such templates use: fields, strings and numbers, pipelines, <c>if</c>, <c>range</c>, <c>with</c>, and the
/// functions <c>js html urlquery index len print printf and or not eq ne</c>. Fields are Knative's (<c>.Request .Response .Revision .TraceID</c>), and
/// <c>.Time .Wait .RequestID</c> of Kip's own.
/// </remarks>
public sealed class RequestLogTemplate
{
    /// <summary>Knative's default line, with what Kip adds behind it.</summary>
    public const string DefaultText =
        """{"httpRequest": {"requestMethod": "{{.Request.Method}}", "requestUrl": "{{js .Request.RequestURI}}","""
        + """ "requestSize": "{{.Request.ContentLength}}", "status": {{.Response.Code}}, "responseSize": "{{.Response.Size}}","""
        + """ "userAgent": "{{js .Request.UserAgent}}", "remoteIp": "{{js .Request.RemoteAddr}}", "serverIp": "{{.Revision.PodIP}}","""
        + """ "referer": "{{js .Request.Referer}}", "latency": "{{.Response.Latency}}s", "protocol": "{{.Request.Proto}}"},"""
        + """ "traceId": "{{js .TraceID}}", "requestId": "{{js .RequestID}}", "timestamp": "{{.Time}}", "namespace": "{{.Revision.Namespace}}","""
        + """ "service": "{{.Revision.Service}}", "revision": "{{.Revision.Name}}", "pod": "{{.Revision.PodName}}", "wait": "{{.Wait}}s"}""";

    public static readonly RequestLogTemplate Default = Parse(DefaultText, out _)!;

    private readonly IReadOnlyList<TemplateNode> _nodes;

    private RequestLogTemplate(IReadOnlyList<TemplateNode> nodes) => _nodes = nodes;

    /// <summary>Reads a template; null when it cannot be understood, and the error says why.</summary>
    public static RequestLogTemplate? Parse(string text, out string error)
    {
        try
        {
            error = "";
            return new(TemplateParser.Parse(text));
        }
        catch (TemplateException wrong)
        {
            error = wrong.Message;
            return null;
        }
    }

    /// <summary>The line for a request; Knative's own sentence when the template fails for it.</summary>
    public string Render(RequestLogEntry entry)
    {
        var line = new StringBuilder(256);
        try
        {
            foreach (var node in _nodes) node.Write(line, new TemplateScope(entry, entry));
            return line.ToString().TrimEnd('\n');
        }
        catch (TemplateException)
        {
            return $"Invalid request log template: method: {entry.Request.Method}, response code: {entry.Code}, "
                + $"latency: {TemplateValues.Text(entry.Latency)}, url: {entry.Request.RequestUri}";
        }
    }
}

/// <summary>A template that is wrong, or that fails for a request.</summary>
internal sealed class TemplateException(string message) : Exception(message);
