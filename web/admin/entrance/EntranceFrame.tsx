/** The page before anybody is signed in: brand, one card. */
import { Box, Center, Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { useText } from '../../text/index.ts'
import { Brand } from '../shell/Brand.tsx'

export function EntranceFrame({
  title,
  lead,
  children,
}: {
  title: string
  lead: string
  children: ReactNode
}) {
  const { common } = useText()
  useEffect(() => {
    document.title = `${title} · ${common.product}`
  }, [title, common.product])
  return (
    <Center component="main" mih="100vh" p="md">
      <Stack w="100%" maw={400} gap="lg">
        <Center>
          <Brand size={40} />
        </Center>
        <Paper withBorder shadow="sm" p="xl" radius="lg">
          <Box mb="md">
            <Title order={1}>{title}</Title>
            <Text size="sm" c="dimmed" mt={4}>
              {lead}
            </Text>
          </Box>
          {children}
        </Paper>
      </Stack>
    </Center>
  )
}
