using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Registry;

/// <summary>Where the next part of a list begins: after which object, and as of which version. Opaque to clients.</summary>
internal readonly record struct ContinueToken(long Version, NamespacedName After)
{
    /// <summary>The version of a token that reads on in whatever is stored by then.</summary>
    public const long AnyVersion = 0;

    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"1 {Version} {After.Namespace} {After.Name}")));

    /// <exception cref="ApiException">The text is not a token (400).</exception>
    public static ContinueToken Parse(string text)
    {
        try
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ');
            if (parts is ["1", var version, var space, var name])
                return new(long.Parse(version, NumberStyles.None, CultureInfo.InvariantCulture), new(space, name));
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            // Told below, as every other text that is not a token.
        }
        throw ApiException.BadRequest("continue key is not valid: it must be the one that the previous part of the list gave");
    }
}
