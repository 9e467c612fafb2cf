using System.Globalization;
using System.Text;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Admission;

namespace Kip.Rules.Serving.Configs;

/// <summary>Guards the explanations in a ConfigMap's key <c>_example</c> against being edited in place of the settings beside it.</summary>
/// <remarks>The sum is Knative's: CRC-32 of the trimmed text, each run of line ends written as the two characters <c>\n</c>.</remarks>
public static class ExampleChecksum
{
    public const string Key = "_example";
    public const string Annotation = "knative.dev/example-checksum";

    /// <summary>The sum of a text, as eight hexadecimal digits.</summary>
    public static string Of(string example)
    {
        var crc = uint.MaxValue;
        foreach (var b in Encoding.UTF8.GetBytes(Normalised(example.Trim())))
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320u;
        }
        return (~crc).ToString("x8", CultureInfo.InvariantCulture);
    }

    /// <summary>An error when the text is not the one that the annotation was made for.</summary>
    public static IEnumerable<FieldError> Check(ConfigMap map)
    {
        if (map.Data.Get(Key) is { } example && map.Metadata.Annotations.Get(Annotation) is { } stated && stated != Of(example))
            yield return new FieldError("", "FieldValueInvalid",
                $"the update modifies a key in \"{Key}\" which is probably not what you want. Instead, copy the respective setting to the "
                + "top-level of the ConfigMap, directly below \"data\"");
    }

    private static string Normalised(string text)
    {
        var result = new StringBuilder(text.Length);
        var isInLineEnd = false;
        for (var i = 0; i < text.Length; i++)
        {
            var isLineEnd = text[i] == '\n' || (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n');
            if (!isLineEnd) result.Append(text[i]);
            else if (!isInLineEnd) result.Append("\\n");
            isInLineEnd = isLineEnd;
        }
        return result.ToString();
    }
}
