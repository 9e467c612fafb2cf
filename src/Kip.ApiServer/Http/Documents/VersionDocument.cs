using System.Runtime.InteropServices;
using System.Text.Json;

namespace Kip.ApiServer.Http.Documents;

/// <summary>Answers <c>/version</c>: the version of Kubernetes whose API this is, and Kip's own behind the plus sign.</summary>
internal static class VersionDocument
{
    /// <summary>The version clients compare theirs with.</summary>
    public static string GitVersion { get; } = $"v1.33.0+kip.{typeof(VersionDocument).Assembly.GetName().Version!.ToString(3)}";

    public static void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("major", "1");
        writer.WriteString("minor", "33");
        writer.WriteString("gitVersion", GitVersion);
        writer.WriteString("gitCommit", "");
        writer.WriteString("gitTreeState", "clean");
        writer.WriteString("buildDate", "1970-01-01T00:00:00Z");
        writer.WriteString("goVersion", RuntimeInformation.FrameworkDescription);
        writer.WriteString("compiler", "roslyn");
        writer.WriteString("platform", RuntimeInformation.RuntimeIdentifier.Replace('-', '/'));
        writer.WriteEndObject();
    }
}
