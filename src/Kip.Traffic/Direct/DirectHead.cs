using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Kip.Traffic.Forwarding.Http1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Kip.Traffic.Direct;

/// <summary>Writes a response's head as a client gets it: the pod's lines as they came, but for what concerns one connection.</summary>
internal static class DirectHead
{
    // The status line, and the lines that are written anew.
    private const int Room = 256;

    /// <param name="chunked">Whether the body is framed in chunks.</param>
    /// <param name="closes">Whether the client's connection ends after it.</param>
    /// <param name="time">For the date, where the pod names none (RFC 9110 section 6.6.1).</param>
    public static void Write(IBufferWriter<byte> output, ResponseHead head, bool chunked, bool closes, TimeProvider time)
    {
        var dated = false;
        var room = Room + (head.Reason?.Length ?? 0);
        foreach (var line in head.Lines) room += line.Raw.Length + 2;
        var writer = new Writer(output.GetSpan(room));
        writer.Add("HTTP/1.1 "u8);
        writer.Add(head.Status);
        writer.Add(" "u8);
        writer.Add(head.Reason ?? ReasonPhrases.GetReasonPhrase(head.Status));
        writer.Add("\r\n"u8);
        foreach (var line in head.Lines)
        {
            if (line.IsHopByHop) continue;
            dated |= line.IsDate;
            writer.Add(line.Raw);
            writer.Add("\r\n"u8);
        }
        if (!dated) writer.AddDate(time.GetUtcNow());
        if (head.ContentLength is { } length && head.Status != StatusCodes.Status204NoContent) writer.AddLength(length);
        if (chunked) writer.Add("Transfer-Encoding: chunked\r\n"u8);
        if (closes) writer.Add("Connection: close\r\n"u8);
        writer.Add("\r\n"u8);
        output.Advance(writer.Length);
    }

    private ref struct Writer(Span<byte> span)
    {
        private readonly Span<byte> _span = span;

        public int Length { get; private set; }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_span[Length..]);
            Length += bytes.Length;
        }

        public void Add(string text) => Length += Encoding.Latin1.GetBytes(text, _span[Length..]);

        public void Add(long number)
        {
            Utf8Formatter.TryFormat(number, _span[Length..], out var written);
            Length += written;
        }

        public void AddLength(long length)
        {
            Add("Content-Length: "u8);
            Add(length);
            Add("\r\n"u8);
        }

        public void AddDate(DateTimeOffset now)
        {
            Add("Date: "u8);
            Utf8Formatter.TryFormat(now, _span[Length..], out var written, new StandardFormat('R'));
            Length += written;
            Add("\r\n"u8);
        }
    }
}
