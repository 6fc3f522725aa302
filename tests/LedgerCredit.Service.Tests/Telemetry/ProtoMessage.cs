using System.Buffers.Binary;
using System.Text;

namespace LedgerCredit.Service.Tests.Telemetry;

/// <summary>A protobuf message, read without its schema: the fields that OTLP uses, by number.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    internal ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ulong tag = ReadNumber(ref bytes);
            int field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((field, ReadNumber(ref bytes), default));
                    break;
                case 1:
                    _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span), default));
                    bytes = bytes[8..];
                    break;
                case 2:
                    int length = (int)ReadNumber(ref bytes);
                    _fields.Add((field, 0, bytes[..length]));
                    bytes = bytes[length..];
                    break;
                case 5:
                    _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span), default));
                    bytes = bytes[4..];
                    break;
                default:
                    throw new AssertFailedException($"OTLP has no fields of wire type {tag & 7}.");
            }
        }
    }

    internal IEnumerable<ProtoMessage> Messages(int field) => _fields.Where(f => f.Field == field).Select(f => new ProtoMessage(f.Bytes));

    internal string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    internal byte[] Bytes(int field) => _fields.Where(f => f.Field == field).Select(f => f.Bytes.ToArray()).SingleOrDefault() ?? [];

    internal ulong Number(int field) => _fields.Where(f => f.Field == field).Select(f => f.Number).SingleOrDefault();

    internal double Double(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    private static ulong ReadNumber(ref ReadOnlyMemory<byte> bytes)
    {
        ulong number = 0;
        for (int i = 0; ; i++)
        {
            byte next = bytes.Span[i];
            number |= (ulong)(next & 0x7F) << (7 * i);
            if ((next & 0x80) == 0)
            {
                bytes = bytes[(i + 1)..];
                return number;
            }
        }
    }
}
