namespace Kip.Resources.Yaml;

/// <summary>A text that cannot be read as YAML or JSON, and the line where that shows.</summary>
internal sealed class DocumentException(int line, string message) : Exception(message)
{
    public int Line { get; } = line;
}

/// <summary>A document of a text, and what is wrong with it though it can be read: keys that occur twice.</summary>
internal sealed record Document(DocumentNode Root, IReadOnlyList<(int Line, string Message)> Problems);
