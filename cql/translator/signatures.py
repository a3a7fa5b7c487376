"""The signatures of the system operators and functions as data (CQL reference, appendix B; ELM clinical library).

One line per ELM node: the name, the fields its arguments go to (``operand`` unless given), and its overloads. In an
overload ``T`` stands for any type, ``C`` for a class, ``R`` for a tuple and ``H`` for a choice; ``[X]`` is ``List<X>``,
``<X>`` is ``Interval<X>``. The order of a line's overloads is the order in which candidates are named in messages.
"""

from __future__ import annotations

from typing import Final

ARITHMETIC: Final = """
Abs:            Integer->Integer; Long->Long; Decimal->Decimal; Quantity->Quantity
Add:            Integer,Integer->Integer; Long,Long->Long; Decimal,Decimal->Decimal; Quantity,Quantity->Quantity; \
                DateTime,Quantity->DateTime; Date,Quantity->Date; Time,Quantity->Time; String,String->String
Ceiling:        Decimal->Integer
Divide:         Decimal,Decimal->Decimal; Quantity,Quantity->Quantity
Exp:            Decimal->Decimal
Floor:          Decimal->Integer
HighBoundary:   Decimal,Integer->Decimal; Date,Integer->Date; DateTime,Integer->DateTime; Time,Integer->Time
Ln:             Decimal->Decimal
Log:            Decimal,Decimal->Decimal
LowBoundary:    Decimal,Integer->Decimal; Date,Integer->Date; DateTime,Integer->DateTime; Time,Integer->Time
Modulo:         Integer,Integer->Integer; Long,Long->Long; Decimal,Decimal->Decimal; Quantity,Quantity->Quantity
Multiply:       Integer,Integer->Integer; Long,Long->Long; Decimal,Decimal->Decimal; Quantity,Quantity->Quantity
Negate:         Integer->Integer; Long->Long; Decimal->Decimal; Quantity->Quantity
Power:          Integer,Integer->Integer; Long,Long->Long; Decimal,Decimal->Decimal
Precision:      Decimal->Integer; Date->Integer; DateTime->Integer; Time->Integer
Predecessor:    Integer->Integer; Long->Long; Decimal->Decimal; Date->Date; DateTime->DateTime; Time->Time; \
                Quantity->Quantity
Round(operand precision): Decimal->Decimal; Decimal,Integer->Decimal
Subtract:       Integer,Integer->Integer; Long,Long->Long; Decimal,Decimal->Decimal; Quantity,Quantity->Quantity; \
                DateTime,Quantity->DateTime; Date,Quantity->Date; Time,Quantity->Time
Successor:      Integer->Integer; Long->Long; Decimal->Decimal; Date->Date; DateTime->DateTime; Time->Time; \
                Quantity->Quantity
Truncate:       Decimal->Integer
TruncatedDivide: Integer,Integer->Integer; Long,Long->Long; Decimal,Decimal->Decimal; Quantity,Quantity->Quantity
"""

_ORDERED: Final = """Integer,Integer->Boolean; Long,Long->Boolean; Decimal,Decimal->Boolean; String,String->Boolean; \
DateTime,DateTime->Boolean; Date,Date->Boolean; Time,Time->Boolean; Quantity,Quantity->Boolean"""
_EQUALITY: Final = (
    _ORDERED + "; Boolean,Boolean->Boolean; Ratio,Ratio->Boolean; Code,Code->Boolean; Concept,Concept->Boolean; "
    "C,C->Boolean; R,R->Boolean; H,H->Boolean; "
    "[T],[T]->Boolean; <T>,<T>->Boolean"
)

COMPARISON: Final = f"""
Equal:          {_EQUALITY}
NotEqual:       {_EQUALITY}
Equivalent:     {_EQUALITY}
Less:           {_ORDERED}
LessOrEqual:    {_ORDERED}
Greater:        {_ORDERED}
GreaterOrEqual: {_ORDERED}
"""

LOGICAL: Final = """
And:            Boolean,Boolean->Boolean
Or:             Boolean,Boolean->Boolean
Xor:            Boolean,Boolean->Boolean
Implies:        Boolean,Boolean->Boolean
Not:            Boolean->Boolean
IsNull:         Any->Boolean
IsTrue:         Boolean->Boolean
IsFalse:        Boolean->Boolean
Coalesce(operand...): [T]->T; T,T->T; T,T,T->T; T,T,T,T->T; T,T,T,T,T->T
"""

STRINGS: Final = """
Combine(source separator): [String]->String; [String],String->String
Concatenate:    String,String->String
EndsWith:       String,String->Boolean
Indexer:        String,Integer->String; [T],Integer->T
LastPositionOf(pattern string): String,String->Integer
Length:         String->Integer; [T]->Integer
Lower:          String->String
Matches:        String,String->Boolean
PositionOf(pattern string): String,String->Integer
ReplaceMatches: String,String,String->String
Split(stringToSplit separator): String,String->[String]
SplitOnMatches(stringToSplit separatorPattern): String,String->[String]
StartsWith:     String,String->Boolean
Substring(stringToSub startIndex length): String,Integer->String; String,Integer,Integer->String
Upper:          String->String
"""

_SAME_MOMENT: Final = "Date,Date->Boolean; DateTime,DateTime->Boolean; Time,Time->Boolean"
_BETWEEN: Final = "Date,Date->Integer; DateTime,DateTime->Integer; Time,Time->Integer"

TEMPORAL: Final = f"""
Date(year month day): Integer->Date; Integer,Integer->Date; Integer,Integer,Integer->Date
DateFrom:       DateTime->Date
DateTime(year month day hour minute second millisecond timezoneOffset): Integer->DateTime; Integer,Integer->DateTime; \
                Integer,Integer,Integer->DateTime; Integer,Integer,Integer,Integer->DateTime; \
                Integer,Integer,Integer,Integer,Integer->DateTime; \
                Integer,Integer,Integer,Integer,Integer,Integer->DateTime; \
                Integer,Integer,Integer,Integer,Integer,Integer,Integer->DateTime; \
                Integer,Integer,Integer,Integer,Integer,Integer,Integer,Decimal->DateTime
DateTimeComponentFrom: Date->Integer; DateTime->Integer; Time->Integer
DifferenceBetween: {_BETWEEN}
DurationBetween: {_BETWEEN}
Now:            ->DateTime
SameAs:         {_SAME_MOMENT}; <T>,<T>->Boolean
SameOrAfter:    {_SAME_MOMENT}; <T>,<T>->Boolean
SameOrBefore:   {_SAME_MOMENT}; <T>,<T>->Boolean
Before:         {_SAME_MOMENT}; <T>,<T>->Boolean
After:          {_SAME_MOMENT}; <T>,<T>->Boolean
Time(hour minute second millisecond): Integer->Time; Integer,Integer->Time; Integer,Integer,Integer->Time; \
                Integer,Integer,Integer,Integer->Time
TimeFrom:       DateTime->Time
TimeOfDay:      ->Time
TimezoneOffsetFrom: DateTime->Decimal
TimezoneFrom:   DateTime->Decimal
Today:          ->Date
"""

_INTERVALS: Final = "<T>,<T>->Boolean"
_SETS: Final = "<T>,<T>->Boolean; [T],[T]->Boolean"

INTERVAL: Final = f"""
Collapse(operand...): [<T>]->[<T>]; [<T>],Quantity->[<T>]
Contains:       <T>,T->Boolean; [T],T->Boolean
End:            <T>->T
Ends:           {_INTERVALS}
Except:         <T>,<T>-><T>; [T],[T]->[T]
Expand(operand...): [<T>],Quantity->[<T>]; <T>,Quantity->[T]; [<T>]->[<T>]; <T>->[T]
In:             T,<T>->Boolean; T,[T]->Boolean
IncludedIn:     {_SETS}
Includes:       {_SETS}
Intersect:      <T>,<T>-><T>; [T],[T]->[T]
Meets:          {_INTERVALS}
MeetsAfter:     {_INTERVALS}
MeetsBefore:    {_INTERVALS}
Overlaps:       {_INTERVALS}
OverlapsAfter:  {_INTERVALS}
OverlapsBefore: {_INTERVALS}
PointFrom:      <T>->T
ProperContains: <T>,T->Boolean; [T],T->Boolean
ProperIn:       T,<T>->Boolean; T,[T]->Boolean
ProperIncludedIn: {_SETS}
ProperIncludes: {_SETS}
Size:           <T>->T
Start:          <T>->T
Starts:         {_INTERVALS}
Union:          <T>,<T>-><T>; [T],[T]->[T]
Width:          <T>->T
"""

LIST: Final = """
Distinct:       [T]->[T]
Exists:         [T]->Boolean
First(source):  [T]->T
Flatten:        [[T]]->[T]
IndexOf(source element): [T],T->Integer
Last(source):   [T]->T
SingletonFrom:  [T]->T
Slice(source startIndex endIndex): [T]->[T]; [T],Integer->[T]; [T],Integer,Integer->[T]
"""

_POINTS: Final = """[Integer]->Integer; [Long]->Long; [Decimal]->Decimal; [Quantity]->Quantity; [DateTime]->DateTime; \
[Date]->Date; [Time]->Time; [String]->String"""
_STATISTIC: Final = "[Decimal]->Decimal; [Quantity]->Quantity"
_TOTAL: Final = "[Integer]->Integer; [Long]->Long; [Decimal]->Decimal; [Quantity]->Quantity"

AGGREGATE: Final = f"""
AllTrue(source):   [Boolean]->Boolean
AnyTrue(source):   [Boolean]->Boolean
Avg(source):       {_STATISTIC}
Count(source):     [T]->Integer
GeometricMean(source): [Decimal]->Decimal
Max(source):       {_POINTS}
Median(source):    {_STATISTIC}
Min(source):       {_POINTS}
Mode(source):      [T]->T
PopulationStdDev(source): {_STATISTIC}
PopulationVariance(source): {_STATISTIC}
Product(source):   {_TOTAL}
StdDev(source):    {_STATISTIC}
Sum(source):       {_TOTAL}
Variance(source):  {_STATISTIC}
"""

CONVERSION: Final = """
ConvertQuantity:      Quantity,String->Quantity
CanConvertQuantity:   Quantity,String->Boolean
ConvertsToBoolean:    String->Boolean; Boolean->Boolean; Integer->Boolean; Long->Boolean; Decimal->Boolean
ConvertsToDate:       String->Boolean; Date->Boolean; DateTime->Boolean
ConvertsToDateTime:   String->Boolean; Date->Boolean; DateTime->Boolean
ConvertsToDecimal:    String->Boolean; Boolean->Boolean; Integer->Boolean; Long->Boolean; Decimal->Boolean
ConvertsToInteger:    String->Boolean; Boolean->Boolean; Integer->Boolean; Long->Boolean; Decimal->Boolean
ConvertsToLong:       String->Boolean; Boolean->Boolean; Integer->Boolean; Long->Boolean; Decimal->Boolean
ConvertsToQuantity:   String->Boolean; Ratio->Boolean; Integer->Boolean; Decimal->Boolean; Quantity->Boolean
ConvertsToRatio:      String->Boolean; Ratio->Boolean
ConvertsToString:     Boolean->Boolean; Integer->Boolean; Long->Boolean; Decimal->Boolean; Quantity->Boolean; \
                Ratio->Boolean; \
                      Date->Boolean; DateTime->Boolean; Time->Boolean; String->Boolean
ConvertsToTime:       String->Boolean; Time->Boolean; DateTime->Boolean
ToBoolean:            String->Boolean; Integer->Boolean; Long->Boolean; Decimal->Boolean
ToChars:              String->[String]
ToConcept:            Code->Concept; [Code]->Concept
ToDate:               String->Date; DateTime->Date
ToDateTime:           String->DateTime; Date->DateTime
ToDecimal:            String->Decimal; Integer->Decimal; Long->Decimal; Boolean->Decimal
ToInteger:            String->Integer; Boolean->Integer; Long->Integer
ToLong:               String->Long; Integer->Long; Boolean->Long
ToQuantity:           String->Quantity; Integer->Quantity; Decimal->Quantity; Ratio->Quantity
ToRatio:              String->Ratio
ToString:             Boolean->String; Integer->String; Long->String; Decimal->String; DateTime->String; Date->String; \
                      Time->String; Quantity->String; Ratio->String
ToTime:               String->Time
ExpandValueSet:       ValueSet->[Code]
"""

CLINICAL: Final = """
CalculateAge:         Date->Integer; DateTime->Integer
CalculateAgeAt:       Date,Date->Integer; DateTime,DateTime->Integer
InValueSet:           String,ValueSet->Boolean; Code,ValueSet->Boolean; Concept,ValueSet->Boolean
AnyInValueSet:        [String],ValueSet->Boolean; [Code],ValueSet->Boolean; [Concept],ValueSet->Boolean
InCodeSystem:         String,CodeSystem->Boolean; Code,CodeSystem->Boolean; Concept,CodeSystem->Boolean
AnyInCodeSystem:      [String],CodeSystem->Boolean; [Code],CodeSystem->Boolean; [Concept],CodeSystem->Boolean
Subsumes:             Code,Code->Boolean; Concept,Concept->Boolean
SubsumedBy:           Code,Code->Boolean; Concept,Concept->Boolean
Children(source):     Any->[Any]
Descendents(source):  Any->[Any]
Message(source condition code severity message): T,Boolean,String,String,String->T
"""

TABLE: Final = (
    ARITHMETIC + COMPARISON + LOGICAL + STRINGS + TEMPORAL + INTERVAL + LIST + AGGREGATE + CONVERSION + CLINICAL
)
