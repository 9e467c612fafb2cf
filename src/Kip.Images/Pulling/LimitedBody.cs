namespace Kip.Images.Pulling;

/// <summary>Reads small bodies of registries, which are strangers.</summary>
internal static class LimitedBody
{
    /// <exception cref="ImageException">It is longer than allowed.</exception>
    public static async Task<byte[]> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancel)
    {
        await using var stream = await content.ReadAsStreamAsync(cancel);
        var body = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await stream.ReadAsync(buffer, cancel)) > 0;)
        {
            if (body.Length + read > maxBytes)
                throw new ImageException(ImageFailure.ErrImagePull, $"the registry's answer is longer than the {maxBytes} bytes that are allowed");
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }
}
